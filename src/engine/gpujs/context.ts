/** What a WebGL context says of the device behind it. */
import type { AdapterDescription } from '../../host/contract.js';

/** The part of WEBGL_debug_renderer_info and of the context that is asked. */
interface Context {
  getExtension(
    name: 'WEBGL_debug_renderer_info',
  ): { readonly UNMASKED_VENDOR_WEBGL: number; readonly UNMASKED_RENDERER_WEBGL: number } | null;
  getParameter(name: number): unknown;
}

/** Renderers that are a processor playing a GPU. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** Describes a WebGL context; empty where the browser hides it. */
export function describeContext(context: unknown): AdapterDescription {
  const gl = context as Context;
  const names = gl.getExtension('WEBGL_debug_renderer_info');
  const text = (name: number | undefined): string => {
    const value = name === undefined ? '' : gl.getParameter(name);
    return typeof value === 'string' ? value : '';
  };
  const description = text(names?.UNMASKED_RENDERER_WEBGL);
  return {
    vendor: text(names?.UNMASKED_VENDOR_WEBGL),
    architecture: '',
    device: 'WebGL 2',
    description,
    isSoftware: SOFTWARE.test(description),
    backend: 'browser',
  };
}
