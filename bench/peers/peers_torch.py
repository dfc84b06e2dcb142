"""Workload W in PyTorch.  python3 peers_torch.py [--paths N] [--mode thin|events|law|x|all] [--device cuda]
thin   : naive user code, one torch.poisson per type, Gamma sampler, slot loop, eager
events : N ~ Poisson(5), types by randint + repeat_interleave + index_add
law    : C and H from 2^20-entry quantile tables (mean-exact), eager; law-c: the same under torch.compile (16 slots per fused kernel)
x      : H-C from one 2^20-entry table under torch.compile ("limit")"""
import argparse, time, math, numpy as np, torch
E=np.array([4,6,9,13,19,28,40,55,75,100])*0.1; LAM=5.0; T=4096; NH=32; NB=1024; BW=5.0
MU=LAM*E.mean(); VAR=LAM*(E**2).mean(); K=MU**2/VAR; TH=VAR/MU; NQ=1<<20
def horizons():
    h=[]
    for i in range(NH): h.append(max(int(math.floor(T**(i/(NH-1))+.5)),(h[-1]+1) if h else 1))
    h[-1]=T; return h
HZ=horizons(); EX=np.array([float(r.split()[1]) for r in open('exact.txt')])
def tables():
    y=np.linspace(0,math.sqrt(260),2_000_001); x=y*y; f=np.zeros_like(y); f[1:]=np.exp(-K*math.log(TH)-math.lgamma(K)+(K-1)*np.log(x[1:])-x[1:]/TH)*2*y[1:]
    F=np.concatenate([[0],np.cumsum((f[1:]+f[:-1])/2*(y[1]-y[0]))]); q=(np.arange(NQ)+.5)/NQ; H=np.interp(q,F/F[-1],x)
    ei=np.rint(E*10).astype(int); p=np.zeros(2048); p[0]=math.exp(-LAM)
    for i in range(1,2048): p[i]=LAM/10/i*sum(e*p[i-e] for e in ei if e<=i)
    C=np.searchsorted(np.cumsum(p)/p.sum(),q)*0.1; H+=C.mean()-H.mean()
    # X = H - C: law on a 0.02 kJ grid by FFT convolution of the two tables, then quantiles, mean 0
    g=0.02; n=1<<15; z=np.zeros(n); hb=np.bincount(np.clip(np.rint(H/g).astype(int)+8192,0,n-1),minlength=n)/NQ; cb=np.bincount(np.clip(np.rint(C/g).astype(int),0,n-1),minlength=n)/NQ
    px=np.maximum(np.fft.irfft(np.fft.rfft(hb)*np.conj(np.fft.rfft(cb)),n),0); X=np.interp(q,np.cumsum(px)/px.sum(),(np.arange(n)-8192+.5)*g); X-=X.mean()
    return H,C,X
ap=argparse.ArgumentParser(); ap.add_argument('--paths',type=int,default=1<<20); ap.add_argument('--mode',default='all'); ap.add_argument('--device',default='cuda'); a=ap.parse_args()
dev=torch.device(a.device); sync=(torch.cuda.synchronize if dev.type=='cuda' else (lambda:None)); f32=torch.float32
Hn,Cn,Xn=tables(); print('table var H+C',Hn.var()+Cn.var(),'X',Xn.var(),'target',2*VAR,'| torch',torch.__version__)
HQ,CQ,XQ=(torch.tensor(v,dtype=f32,device=dev) for v in (Hn,Cn,Xn)); EV=torch.tensor(E,dtype=f32,device=dev); KK=None
def thin(B,M):
    C=torch.poisson(torch.full((B.numel(),10),LAM/10,device=dev))@EV
    B=B+torch._standard_gamma(torch.full_like(B,K))*TH-C; return B,torch.minimum(M,B)
def events(B,M):
    P=B.numel(); n=torch.poisson(torch.full((P,),LAM,device=dev)).long(); own=torch.repeat_interleave(torch.arange(P,device=dev),n)
    C=torch.zeros(P,device=dev).index_add_(0,own,EV[torch.randint(0,10,(own.numel(),),device=dev)])
    B=B+torch._standard_gamma(torch.full_like(B,K))*TH-C; return B,torch.minimum(M,B)
def law(B,M):
    i=torch.randint(0,NQ,B.shape,device=dev); j=torch.randint(0,NQ,B.shape,device=dev)
    B=B+(HQ[i]-CQ[j]); return B,torch.minimum(M,B)
def xlaw(B,M):
    B=B+XQ[torch.randint(0,NQ,B.shape,device=dev)]; return B,torch.minimum(M,B)
def many(f,k):
    def g(B,M):
        for _ in range(k): B,M=f(B,M)
        return B,M
    return g
def simulate(step1,step16,P,seed):
    torch.manual_seed(seed); B=torch.zeros(P,device=dev,dtype=f32); M=torch.zeros(P,device=dev,dtype=f32); S=[];t=0
    for h in HZ:
        while h-t>=16 and step16 is not None: B,M=step16(B,M); t+=16
        while t<h: B,M=step1(B,M); t+=1
        D=(-M).double(); S.append(torch.stack([D.sum(),(D*D).sum()]))
    hist=torch.histc((-M).clamp(max=NB*BW-1e-3),NB,0,NB*BW)
    return torch.stack(S).cpu().numpy(),hist.cpu().numpy()
def bench(name,step1,step16,P):
    sync(); t=time.perf_counter(); simulate(step1,step16,P,0); sync(); warm=time.perf_counter()-t; tm=[];A=0;hs=0
    for r in range(5):
        sync(); t=time.perf_counter(); s,h=simulate(step1,step16,P,1+r); sync(); tm.append(time.perf_counter()-t); A=A+s; hs+=h.sum()
    n=5*P; m=A[:,0]/n; se=np.sqrt((A[:,1]/n-m*m)/n); z=(m-EX)/se; i=int(np.argmax(abs(z))); tm.sort(); W=P*T
    print(f"{'torch '+name:34s} P={P:<9d} med {W/tm[2]:.4g} slots/s  (min {W/tm[4]:.4g} max {W/tm[0]:.4g}, {tm[2]:.3f} s, warm {warm:.3f})  E[D_T]={m[-1]:.4f} +- {se[-1]:.4f} z={z[-1]:+.2f}  maxz={z[i]:+.2f}@t={HZ[i]} hist={'ok' if int(hs)==n else 'BAD'}",flush=True)
with torch.no_grad():
    on=lambda k:a.mode in (k,'all')
    if on('thin'): bench('thin',thin,None,max(256,a.paths//4))
    if on('events'): bench('events',events,None,max(256,a.paths//4))
    if on('law'): bench('law',law,None,a.paths)
    if hasattr(torch,'compile') and dev.type=='cuda':
        for k,f in (('law',law),('x',xlaw)):
            if on(k):
                try: bench(k+'-c',torch.compile(f),torch.compile(many(f,16)),a.paths*4)
                except Exception as e: print(k,'torch.compile failed:',type(e).__name__,str(e)[:200])
    elif on('x'): bench('x',xlaw,None,a.paths)
