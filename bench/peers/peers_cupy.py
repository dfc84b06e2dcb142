"""Workload W in CuPy.  python3 peers_cupy.py [--paths N] [--mode thin|law|x|all]   (PEERS_SHIM=numpy runs it on NumPy, for checking only)
thin: naive user code (Generator.poisson per type, Generator.gamma, slot loop); law: C and H from 2^20-entry quantile tables;
x: one 2^20-entry table for H-C; raw: the whole path loop in one RawKernel (what an expert CuPy user writes; xorshift128+splitmix seed)."""
import argparse, time, math, os, numpy as np
if os.environ.get('PEERS_SHIM')=='numpy': import numpy as cp; gpu=False
else: import cupy as cp; gpu=True
E=np.array([4,6,9,13,19,28,40,55,75,100])*0.1; LAM=5.0; T=4096; NH=32; NB=1024; BW=5.0
MU=LAM*E.mean(); VAR=LAM*(E**2).mean(); K=MU**2/VAR; TH=VAR/MU; NQ=1<<20
HZ=[]
for i in range(NH): HZ.append(max(int(math.floor(T**(i/(NH-1))+.5)),(HZ[-1]+1) if HZ else 1))
HZ[-1]=T; EX=np.array([float(r.split()[1]) for r in open('exact.txt')])
def tables():
    y=np.linspace(0,math.sqrt(260),2_000_001); x=y*y; f=np.zeros_like(y); f[1:]=np.exp(-K*math.log(TH)-math.lgamma(K)+(K-1)*np.log(x[1:])-x[1:]/TH)*2*y[1:]
    F=np.concatenate([[0],np.cumsum((f[1:]+f[:-1])/2*(y[1]-y[0]))]); q=(np.arange(NQ)+.5)/NQ; H=np.interp(q,F/F[-1],x)
    ei=np.rint(E*10).astype(int); p=np.zeros(2048); p[0]=math.exp(-LAM)
    for i in range(1,2048): p[i]=LAM/10/i*sum(e*p[i-e] for e in ei if e<=i)
    C=np.searchsorted(np.cumsum(p)/p.sum(),q)*0.1; H+=C.mean()-H.mean(); g=0.02; n=1<<15
    hb=np.bincount(np.clip(np.rint(H/g).astype(int)+8192,0,n-1),minlength=n)/NQ; cb=np.bincount(np.clip(np.rint(C/g).astype(int),0,n-1),minlength=n)/NQ
    px=np.maximum(np.fft.irfft(np.fft.rfft(hb)*np.conj(np.fft.rfft(cb)),n),0); X=np.interp(q,np.cumsum(px)/px.sum(),(np.arange(n)-8192+.5)*g); X-=X.mean(); return H,C,X
RAW=r'''extern "C" __global__ void sim(const float*X,const int*hz,int nh,long long P,unsigned long long seed,double*S,unsigned*hist,int nb,float ibw){
 long long p=blockIdx.x*(long long)blockDim.x+threadIdx.x; unsigned long long z=seed*0x9E3779B97F4A7C15ULL+(unsigned long long)p*0xD1342543DE82EF95ULL,s[2];
 for(int i=0;i<2;i++){z+=0x9E3779B97F4A7C15ULL;unsigned long long w=z;w=(w^(w>>30))*0xBF58476D1CE4E5B9ULL;w=(w^(w>>27))*0x94D049BB133111EBULL;s[i]=w^(w>>31);}
 float B=0,M=0;int t=0; for(int h=0;h<nh;h++){int e=hz[h];for(;t<e;t++){unsigned long long a=s[0],b=s[1],r=a+b;s[0]=b;a^=a<<23;s[1]=a^b^(a>>18)^(b>>5);B+=__ldg(&X[r>>44]);M=fminf(M,B);}
  double d=p<P?-(double)M:0,d2=d*d;for(int o=16;o;o>>=1){d+=__shfl_down_sync(~0u,d,o);d2+=__shfl_down_sync(~0u,d2,o);} if(!(threadIdx.x&31)){atomicAdd(&S[2*h],d);atomicAdd(&S[2*h+1],d2);}}
 if(p<P)atomicAdd(&hist[min(nb-1,(int)(-M*ibw))],1u);}'''
ap=argparse.ArgumentParser(); ap.add_argument('--paths',type=int,default=1<<20); ap.add_argument('--mode',default='all'); a=ap.parse_args()
sync=(lambda:cp.cuda.Device().synchronize()) if gpu else (lambda:None); host=(lambda v:cp.asnumpy(v)) if gpu else np.asarray
H,C,X=tables(); print('table var H+C',H.var()+C.var(),'X',X.var(),'target',2*VAR,'| cupy' if gpu else '| numpy shim',cp.__version__)
HQ,CQ,XQ=(cp.asarray(v.astype(np.float32)) for v in (H,C,X)); EV=cp.asarray(E.astype(np.float32))
def thin(g,B,M):
    c=g.poisson(LAM/10,(B.size,10)).astype(cp.float32)@EV
    B+=g.gamma(K,TH,B.size).astype(cp.float32)-c; cp.minimum(M,B,out=M)
def law(g,B,M):
    r=g.integers(0,NQ,(2,B.size),dtype=np.int32); B+=HQ[r[0]]-CQ[r[1]]; cp.minimum(M,B,out=M)
def xlaw(g,B,M):
    B+=XQ[g.integers(0,NQ,B.size,dtype=np.int32)]; cp.minimum(M,B,out=M)
def loop(step):
    def sim(P,seed):
        g=cp.random.default_rng(seed); B=cp.zeros(P,cp.float32); M=cp.zeros(P,cp.float32); S=[]; t=0
        for h in HZ:
            while t<h: step(g,B,M); t+=1
            D=(-M).astype(cp.float64); S.append(D.sum()); S.append((D*D).sum())
        hist=cp.bincount(cp.minimum((-M/BW).astype(cp.int32),NB-1),minlength=NB); return np.array([float(v) for v in S]).reshape(NH,2),host(hist)
    return sim
def raw(P,seed):
    S=cp.zeros(2*NH); h=cp.zeros(NB,cp.uint32); KR(((P+255)//256,),(256,),(XQ,HZD,np.int32(NH),np.int64(P),np.uint64(seed),S,h,np.int32(NB),np.float32(1/BW)))
    return host(S).reshape(NH,2),host(h)
def bench(name,sim,P):
    sync(); t=time.perf_counter(); sim(P,0); sync(); warm=time.perf_counter()-t; tm=[];A=0;hs=0
    for r in range(5):
        sync(); t=time.perf_counter(); s,h=sim(P,1+r); sync(); tm.append(time.perf_counter()-t); A=A+s; hs+=int(h.sum())
    n=5*P; m=A[:,0]/n; se=np.sqrt((A[:,1]/n-m*m)/n); z=(m-EX)/se; i=int(np.argmax(abs(z))); tm.sort(); W=P*T
    print(f"{'cupy '+name:34s} P={P:<9d} med {W/tm[2]:.4g} slots/s  (min {W/tm[4]:.4g} max {W/tm[0]:.4g}, {tm[2]:.3f} s, warm {warm:.3f})  E[D_T]={m[-1]:.4f} +- {se[-1]:.4f} z={z[-1]:+.2f}  maxz={z[i]:+.2f}@t={HZ[i]} hist={'ok' if int(hs)==n else 'BAD'}",flush=True)
on=lambda k:a.mode in (k,'all')
if on('thin'): bench('thin',loop(thin),max(256,a.paths//4))
if on('law'): bench('law',loop(law),a.paths)
if on('x'): bench('x',loop(xlaw),a.paths)
if gpu and on('raw'): KR=cp.RawKernel(RAW,'sim'); HZD=cp.asarray(np.array(HZ,np.int32)); bench('raw',raw,a.paths*4)
