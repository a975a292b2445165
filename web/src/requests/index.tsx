export function RequestDrawer(_: { layer: string; field?: string; onClose: () => void }) {
  return null;
}

export function MyRequests() {
  return null;
}
