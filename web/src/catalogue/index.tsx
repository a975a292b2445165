export function Catalogue() {
  return null;
}

export function LayerPage() {
  return null;
}
