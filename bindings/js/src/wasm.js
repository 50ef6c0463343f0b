// duomo.wasm, packed: build.mjs lays it beside the package's code and imports it as `inside`.
export const packed = inside;
