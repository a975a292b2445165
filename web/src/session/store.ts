import { createStore } from '../app/store';

/** Whether the sign-in dialog is open, and why it opened by itself. */
export const signIn = createStore<{ open: boolean; because?: 'ended' | 'needed' }>({ open: false });

export const openSignIn = (because?: 'ended' | 'needed') => signIn.set({ open: true, because });
export const closeSignIn = () => signIn.set({ open: false });
