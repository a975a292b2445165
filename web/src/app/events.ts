import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { api } from '../api/client';
import { forgetPerson, keys, refreshSharing, useSession } from '../api/queries';
import type { Collection, ServerEvent, Session, ShareRequest } from '../api/types';
import i18n, { type Lang, pickText } from '../i18n';
import { openSignIn } from '../session/store';
import { base } from './base';
import { listen } from './stream';
import { announce, toast } from './toast';

type Data<K extends ServerEvent['kind']> = Extract<ServerEvent, { kind: K }>['data'];

/** The browser's one event stream. A new person means a new stream. */
export function useServerEvents() {
  const client = useQueryClient();
  const { data: session } = useSession();
  const person = session ? (session.user?.username ?? '') : null;
  const navigate = useNavigate();
  const go = useRef(navigate);
  go.current = navigate;

  useEffect(() => {
    if (person === null) return;
    // the instance does not change under an open page
    const missed = () => void client.invalidateQueries({ predicate: ({ queryKey: [kind] }) => kind !== 'instance' });
    const stop = listen(`${base}/api/events`, {
      missed,
      opened: (stream) => {
        const on = <K extends ServerEvent['kind']>(kind: K, handle: (data: Data<K>) => void) =>
          stream.addEventListener(kind, (event) => handle(JSON.parse((event as MessageEvent<string>).data)));
        on('layer', ({ layer }) => layerChanged(client, layer));
        on('access', ({ layers }) => accessChanged(client, layers));
        on('request', (data) => void requestChanged(client, data, (to) => void go.current({ to })));
        on('session', () => {
          stop();
          void forgetPerson(client);
          openSignIn('ended');
        });
      },
    });
    return stop;
  }, [client, person]);
}

function layerChanged(client: QueryClient, layer: string) {
  void client.invalidateQueries({ queryKey: ['items', layer] });
  void client.invalidateQueries({ queryKey: keys.collections });
}

async function accessChanged(client: QueryClient, layers: string[]) {
  const seen = () => new Map(collections(client).map((layer) => [layer.id, layer.yutu.access.actions.includes('view')]));
  const before = seen();
  // what was fetched under the old rights is forgotten before anything else happens
  for (const layer of layers) client.removeQueries({ queryKey: ['items', layer], type: 'inactive' });
  const fresh = await api<{ collections: Collection[] }>('collections');
  client.setQueryData(keys.collections, fresh);
  void refreshSharing(client);
  // once the screen shows the new rights, nobody asks any more for what was lost
  setTimeout(() => {
    for (const layer of layers) {
      client.removeQueries({ queryKey: ['items', layer], type: 'inactive' });
      void client.resetQueries({ queryKey: ['items', layer] });
    }
  }, 60);
  const after = seen();
  for (const layer of collections(client).filter(({ id }) => layers.includes(id))) {
    const title = pickText(i18n.language as Lang, layer.yutu, 'title');
    if (before.get(layer.id) === false && after.get(layer.id)) toast({ text: i18n.t('app:event.gained', { layer: title }) });
    if (before.get(layer.id) && !after.get(layer.id)) toast({ text: i18n.t('app:event.lost', { layer: title }), tone: 'info' });
  }
  for (const id of layers) if (before.get(id) && !after.has(id)) announce(i18n.t('app:event.lost', { layer: id }));
}

const collections = (client: QueryClient) =>
  client.getQueryData<{ collections: Collection[] }>(keys.collections)?.collections ?? [];

/** The applicant hears of answers, the decider of what came in; nobody of what they just did themselves. */
async function requestChanged(client: QueryClient, { id, status }: Data<'request'>, go: (to: '/inbox' | '/requests') => void) {
  void refreshSharing(client);
  const request = await api<ShareRequest>(`requests/${id}`);
  const mine = request.applicant.organisation.id === client.getQueryData<Session>(keys.session)?.user?.organisation.id;
  const forDecider = status === 'submitted' || status === 'withdrawn';
  if (status === 'draft' || mine === forDecider) return;
  toast({
    text: i18n.t(`app:event.request.${status}`),
    detail: pickText(i18n.language as Lang, request.layer, 'title'),
    tone: status === 'refused' ? 'bad' : 'info',
    action: { label: i18n.t('app:event.look'), run: () => go(mine ? '/requests' : '/inbox') },
  });
}
