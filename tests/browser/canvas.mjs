export async function checkCanvas() {}
