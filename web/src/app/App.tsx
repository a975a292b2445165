import { MantineProvider } from '@mantine/core';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { ApiError } from '../api/client';
import { cssVariables, theme } from '../theme/mantine';
import { nonce } from '../theme/nonce';
import { returns, suspect } from './connection';
import { router } from './router';
import { Toasts } from './toast';

const noAnswer = (error: Error) => {
  if (error instanceof ApiError && (error.status === 0 || error.status >= 502)) void suspect();
};
const queries = new QueryClient({
  queryCache: new QueryCache({ onError: noAnswer }),
  mutationCache: new MutationCache({ onError: noAnswer }),
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      // a refusal stays a refusal; only an unreachable server is asked again
      retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
});

returns.subscribe(() => void queries.invalidateQueries());

export function App() {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        <Toasts />
      </QueryClientProvider>
    </MantineProvider>
  );
}
