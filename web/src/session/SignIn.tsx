import { Button, Modal, PasswordInput, TextInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconAlertTriangle, IconX } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useInstance, useSession, useSignIn } from '../api/queries';
import type { Session } from '../api/types';
import { base, pathHere } from '../app/base';
import { useStore } from '../app/store';
import { toast } from '../app/toast';
import { usePick, useTranslation } from '../i18n';
import { FactorStep } from './FactorStep';
import { closeSignIn, signIn } from './store';

/** The one way in. A demonstration lists its accounts in plain sight; one click fills the form. */
export function SignIn() {
  const { open, because } = useStore(signIn);
  const { t } = useTranslation('session');
  const narrow = useMediaQuery('(max-width: 640px)');
  const pick = usePick();
  const { data: session } = useSession();
  // Setting up a second factor goes on until its recovery codes were kept, though the session is whole before.
  const pending = session?.pending ?? null;
  const titles = { code: 'code.title', enrol: 'enrol.title', renew: 'enrol.title', confirm: 'unconfirmed.title' };
  const title = t(pending ? titles[pending] : 'title');
  const welcome = (entered?: Session) => {
    closeSignIn();
    const user = entered?.user;
    if (user) toast({ text: t('welcome', { name: pick(user, 'name') }), detail: pick(user.organisation, 'title') });
  };
  return (
    <Modal.Root opened={open} onClose={closeSignIn} size={520} fullScreen={narrow}>
      <Modal.Overlay />
      <Modal.Content aria-label={title}>
        <Modal.Body>
          <div className="row between sign-head">
            <h2>{title}</h2>
            <button type="button" className="ib" aria-label={t('app:close')} onClick={closeSignIn}>
              <IconX size={18} aria-hidden />
            </button>
          </div>
          {because && !pending && <p className="tip warn sign-why">{t(because)}</p>}
          {pending ? <FactorStep pending={pending} onDone={welcome} /> : <Form onEntered={welcome} />}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function Form({ onEntered }: { onEntered: (session: Session) => void }) {
  const { t } = useTranslation('session');
  const pick = usePick();
  const { data: instance } = useInstance();
  const { mutate, isPending, error } = useSignIn();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');

  const enter = (name: string, secret: string) =>
    mutate(
      { username: name, password: secret },
      {
        // a session that still lacks its second factor shows the next step
        onSuccess: (session) => {
          if (session.user) onEntered(session);
        },
      },
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter(username.trim(), password);
  };

  return (
    <div className="sign-in">
      <form onSubmit={submit} className="col g3">
        <TextInput
          label={t('username')}
          value={username}
          onChange={(e) => setUsername(e.currentTarget.value)}
          autoComplete="username"
          data-autofocus
          required
          withAsterisk={false}
        />
        <PasswordInput
          label={t('password')}
          value={password}
          onChange={(e) => setPassword(e.currentTarget.value)}
          autoComplete="current-password"
          visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }}
          required
          withAsterisk={false}
        />
        {error && (
          <p className="row t-bad" role="alert">
            <IconAlertTriangle size={16} aria-hidden /> {error.message}
          </p>
        )}
        <Button type="submit" loading={isPending} fullWidth>
          {t('enter')}
        </Button>
        {instance?.oidc && (
          <Button
            component="a"
            variant="default"
            fullWidth
            href={`${base}/api/session/oidc?return=${encodeURIComponent(pathHere() + location.search)}`}
          >
            {t('enterWith', { name: instance.oidc.name })}
          </Button>
        )}
      </form>
      {instance?.demo && instance.demoAccounts.length > 0 && (
        <section className="demo-accounts" aria-labelledby="demo-accounts">
          <h3 id="demo-accounts">{t('demoAccounts')}</h3>
          <p className="sm mut">{t('demoHint')}</p>
          <ul>
            {instance.demoAccounts.map((a) => (
              <li key={a.username}>
                <button
                  type="button"
                  data-testid={`demo-${a.username}`}
                  onClick={() => {
                    setUsername(a.username);
                    setPassword(a.password);
                  }}
                  aria-pressed={username === a.username}
                >
                  <span className="ava" aria-hidden>
                    {pick(a, 'name').slice(0, 1)}
                  </span>
                  <span className="grow">
                    <b className="b">{pick(a, 'name')}</b> <span className="mut">{t(`roles.${a.role}`)}</span>
                    <br />
                    <span className="sm mut">{pick(a, 'organisation')}</span>
                  </span>
                  <span className="mono dim">
                    {a.username} / {a.password}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
