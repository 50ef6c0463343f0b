// Files where there are none: in a browser a path is an address.
export async function openFile() { return undefined; }
