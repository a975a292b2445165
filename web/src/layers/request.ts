import { useNavigate } from '@tanstack/react-router';
import { useCreateRequest, useSession } from '../api/queries';
import type { Collection } from '../api/types';
import { toast } from '../app/toast';
import { usePick, useTranslation } from '../i18n';
import { openSignIn } from '../session/store';
import { show } from './slots';

/** Asking for a layer: at once where it is shared without condition, with the form otherwise. */
export function useAsk() {
  const { t } = useTranslation('layers');
  const pick = usePick();
  const navigate = useNavigate();
  const { data: session } = useSession();
  const { mutate } = useCreateRequest();
  return (layer: Collection, field?: string) => {
    if (!session?.user) return openSignIn('needed');
    if (layer.yutu.sharing.class === 'unconditional' && !field) {
      return mutate(
        { layer: layer.id },
        {
          onSuccess: ({ status }) => {
            show(layer.id);
            toast({ text: t(status === 'granted' ? 'askedGranted' : 'asked', { title: pick(layer.yutu, 'title') }) });
          },
          onError: (error) => toast({ text: error.message, tone: 'bad' }),
        },
      );
    }
    return void navigate({ to: '.', search: (now) => ({ ...now, request: layer.id, field }) });
  };
}
