#!/usr/bin/env python3
"""make_trees.py DIR: makes the trees of the golden archives in DIR. Needs root, for the devices of `entries`."""
import os, random, sys

base, r = os.path.abspath(sys.argv[1]), random.Random(3)
def w(p,d,m=0o644):
    with open(p,'wb') as f: f.write(d)
    os.chmod(p,m)
def times(base):
    n=0
    for root,ds,fs in os.walk(b'.',topdown=False):
        for x in sorted(fs+ds):
            n+=1; os.utime(os.path.join(root,x),ns=(0,base+n*1_000_000_007),follow_symlinks=False)
    os.utime('.',ns=(0,base))
def tree(name):
    os.chdir(base)
    os.mkdir(name, 0o755)
    os.chdir(name)
tree('example'); os.mkdir('d',0o755); w('a',b'The same.\n'); w('d/b',b'The same.\n'); w('z',b'Packhouse '*100)
for p in ('a','d/b','z','d','.'): os.utime(p,ns=(0,1_000_000_000*10**9))
tree('plain'); os.makedirs('org/example/lib/1.0'); os.makedirs('empty'); 
w('README',b'A golden tree.\n'*40); w('org/example/lib/1.0/lib-1.0.pom',b'<?xml version="1.0"?>\n<project><modelVersion>4.0.0</modelVersion><groupId>org.example</groupId><artifactId>lib</artifactId><version>1.0</version></project>\n')
w('org/example/lib/1.0/lib-1.0.pom.sha1',b'da39a3ee5e6b4b0d3255bfef95601890afd80709'); w('nothing',b''); w('random',r.randbytes(9000)); w('run',b'#!/bin/sh\nexit 0\n',0o755); w('same',b'A golden tree.\n'*40)
times(1_600_000_000*10**9)
tree('entries'); os.makedirs('dir/sub'); w('dir/file',b'file\n'); os.link('dir/file','dir/other name'); os.link('dir/file','zlink'); os.symlink('dir/file','symlink'); os.symlink(b'raw\xff',b'symlink-raw'); os.mkfifo('fifo',0o640)
os.mknod('char',0o20600,os.makedev(1,3)); os.mknod('block',0o60600,os.makedev(7,200))
w(b'bad\xff\xfename\xc3',b'not utf-8\n'); w('new\nline\ttab',b'x'); w('caf\u00e9 \u65e5\u672c \U0001f4e6',b'utf-8\n'); w('setuid',b's',0o4755); w('sticky',b't',0o1644); w('none',b'n',0); w('empty',b''); w('zeros',bytes(300000)); 
w('slices',(b'0123456789abcdef'*5000)+r.randbytes(20000)+b'tail'*30000)
with open('sparse','wb') as f: f.write(b'head'); f.truncate(5<<20); f.seek((5<<20)-4); f.write(b'tail')
os.mkdir(b'dir\xe9'); w(b'dir\xe9/in',b'in'); os.mkdir('ro'); times(1_700_000_000*10**9-5); os.utime('empty',ns=(0,-1)); os.utime('none',ns=(0,4_102_444_800_123_456_789)); os.chmod('ro',0o555)
os.setxattr('dir/file','user.note',b'\0\xff'); os.setxattr('dir/file','user.a',b'a')
tree('groups'); 
for i in range(6):
    d=f'org/example/m{i}/1.{i}'; os.makedirs(d)
    w(f'{d}/m{i}-1.{i}.pom',f'<project><modelVersion>4.0.0</modelVersion><groupId>org.example</groupId><artifactId>m{i}</artifactId><version>1.{i}</version></project>\n'.encode())
    w(f'{d}/data-{i}.bin',r.randbytes(700)*100+b'%d'%i)
times(1_500_000_000*10**9)
tree('digests'); os.makedirs('d'); w('abc',b'abc'); w('empty',b''); w('d/same',b'abc'); w('one-slice',r.randbytes(65536)); w('slices',r.randbytes(200_001)); w('text',b'Packhouse '*30_000); w('holes',bytes(150_000)); os.link('slices','z-link'); os.symlink('abc','z-symlink')
times(1_800_000_000*10**9)
tree('parts'); members=[r.randbytes(r.randrange(300,9000)) for _ in range(12)]
for i in range(4):
    os.makedirs(f'lib/1.{i}'); w(f'lib/1.{i}/lib-1.{i}.jar',b''.join(r.randbytes(9)+m for m in members)); members[i*2]=r.randbytes(2000); members.insert(i*3,r.randbytes(50))
w('lib/text.txt',b'Packhouse '*2000); w('lib/other.jar',b''.join(members[5:])); times(1_900_000_000*10**9)
jars=[b''.join(r.randbytes(9)+m for m in members[i:]) for i in range(4)]; kept=r.randbytes(70_000)
for n in (1,2,3):
    tree(f'delta-{n}'); os.makedirs('lib'); os.symlink('kept','link')
    for i in range(n-1,n+1): w(f'lib/lib-1.{i}.jar',jars[i])
    w('lib/other.jar',b''.join(members[5:])); w('kept',kept); w('there' if n==1 else 'moved',b'moved\n'*2000); w('text.txt',b'Packhouse '*1000*n); w('empty',b''); w(f'new-{n}',r.randbytes(500))
    os.link('kept','z-link')
    with open('sparse','wb') as f: f.write(b'head'); f.truncate(200_000)
    times((2_000_000_000+n)*10**9)
tree('siblings'); import hashlib, io, zipfile
def pom(path, body): os.makedirs(os.path.dirname(path),exist_ok=True); w(path,f'<project><modelVersion>4.0.0</modelVersion>{body}</project>\n'.encode())
pom('org/example/parent/1/parent-1.pom','<groupId>org.example</groupId><artifactId>parent</artifactId><version>1</version><packaging>pom</packaging><licenses><license><name>MIT</name></license></licenses>')
pom('org/example/lib/1.0/lib-1.0.pom','<parent><groupId>org.example</groupId><artifactId>parent</artifactId><version>1</version></parent><artifactId>lib</artifactId><version>1.0</version>')
pom('org/example/lib/1.1/lib-1.1.pom','<parent><groupId>org.example</groupId><artifactId>not-there</artifactId><version>2</version></parent><artifactId>lib</artifactId><version>1.1</version>')
def jar(*members):
    out=io.BytesIO()
    with zipfile.ZipFile(out,'w') as z:
        for name,data in members: z.writestr(zipfile.ZipInfo(name),data)
    return out.getvalue()
w('org/example/lib/1.0/lib-1.0.jar',jar(('a.txt',b'a'*100)))
for p in ('org/example/lib/1.0/lib-1.0.jar','org/example/lib/1.0/lib-1.0.pom'): w(p+'.sha1',hashlib.sha1(open(p,'rb').read()).hexdigest().encode())
w('gone.jar.sha1',b'da39a3ee5e6b4b0d3255bfef95601890afd80709'); w('loose.pom',b'no pom at all'); w('list.zip',b'no zip'); w('text.txt',b'text\n'*9)
times(2_100_000_000*10**9)
