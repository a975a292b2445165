export function useServerEvents() {}
