// For hosts that serve duomo.wasm apart: there is none inside.
export const packed = undefined;
