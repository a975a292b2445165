import { useFocusReturn, useFocusTrap } from '@mantine/hooks';
import { useQueries } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useState } from 'react';
import { api } from '../api/client';
import { keys, useCollections } from '../api/queries';
import type { Collection, ShareRequest } from '../api/types';
import { useTranslation } from '../i18n';
import { Workspace } from './form/Workspace';
import { Failed, Waiting } from './parts';

interface Props {
  layerIds?: string[];
  layer?: string; // the same as one text: ids with commas between
  field?: string; // a field to have ticked, when the form was opened from it
  onClose: () => void;
}

/** The request form over whatever is shown: the map of the area on the left, the questions on the right. */
export function RequestDrawer({ layer = '', layerIds = layer.split(',').filter(Boolean), field, onClose }: Props) {
  const { t } = useTranslation('requests');
  const { edit } = useSearch({ strict: false }) as { edit?: string };
  const collections = useCollections();
  const layers = layerIds.map((id) => collections.data?.find((c) => c.id === id)).filter((c): c is Collection => c !== undefined);
  const known = useKnown(layers, edit);
  const trap = useFocusTrap(true);
  const top = useTopOfBody();
  useFocusReturn({ opened: true });

  const onKey = (event: KeyboardEvent) => {
    // a list opened in the form is the topmost layer and closes first
    const expanded = (event.target as HTMLElement).getAttribute('aria-expanded') === 'true';
    if (event.key !== 'Escape' || expanded) return;
    event.stopPropagation();
    onClose();
  };

  return (
    <section
      ref={trap}
      className="wf-over"
      style={{ top }}
      role="dialog"
      aria-modal="true"
      aria-label={t('drawer.title')}
      onKeyDown={onKey}
    >
      {collections.isError ? (
        <div className="wf-drawer wf-pad">
          <Failed error={collections.error} retry={() => void collections.refetch()} />
        </div>
      ) : !collections.data || !known ? (
        <div className="wf-drawer wf-pad" tabIndex={-1} data-autofocus>
          <Waiting />
        </div>
      ) : (
        <Workspace layers={layers} known={known} field={field} onClose={onClose} />
      )}
    </section>
  );
}

/** Requests to go on with: a draft, one to correct, or the one named by `edit`; null while they load. */
function useKnown(layers: Collection[], edit: string | undefined): Record<string, ShareRequest> | null {
  const wanted = layers.flatMap((l) => {
    const { request } = l.yutu;
    return request && (request.status === 'draft' || request.status === 'correction') ? [request.id] : [];
  });
  const ids = [...new Set(edit ? [edit, ...wanted] : wanted)];
  // once opened, the form is the truth: what it saves itself must not come back as news
  const [first] = useState(() => ({ ids: null as string[] | null }));
  if (layers.length > 0 && first.ids === null) first.ids = ids;
  const asked = useQueries({
    queries: (first.ids ?? []).map((id) => ({
      queryKey: [...keys.request(id), 'form'],
      queryFn: () => api<ShareRequest>(`requests/${id}`),
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 0,
    })),
  });
  if (asked.some((q) => q.isPending)) return null;
  const known: Record<string, ShareRequest> = {};
  for (const { data } of asked) {
    if (data?.can.includes('edit') && !(data.layer.id in known)) known[data.layer.id] = data;
  }
  return known;
}

/** The form leaves the bar and what is above it in sight. */
function useTopOfBody(): number {
  const [top, setTop] = useState(0);
  useEffect(() => {
    const measure = () =>
      setTop(window.innerWidth < 640 ? 0 : Math.max(0, document.getElementById('main')?.getBoundingClientRect().top ?? 0));
    measure();
    window.addEventListener('resize', measure);
    return () => window.removeEventListener('resize', measure);
  }, []);
  return top;
}
