import { PasswordInput, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { encode } from 'uqr';
import { type FactorConfirmed, type FactorOffer, useConfirmFactor, useOfferFactor } from '../api/accounts';
import { forgetPerson } from '../api/queries';
import { useTranslation } from '../i18n';
import { CopyButton } from '../keys/Copy';
import './account.css';
import './words';

interface Props {
  /** What is asked for first: the password, the token of a reset, or, of a sign-in that waits for its first second factor, nothing. */
  prove: 'password' | 'token' | null;
  onDone: () => void;
}

/** Sets up a second factor: secret, code, recovery codes. */
export function Enrol({ prove, onDone }: Props) {
  const { t } = useTranslation('account');
  const client = useQueryClient();
  const offer = useOfferFactor();
  const confirm = useConfirmFactor();
  const [proof, setProof] = useState('');
  const [code, setCode] = useState('');
  const confirmed = useRef<FactorConfirmed | null>(null);

  // A sign-in that waits has nothing to fill in first.
  const asked = useRef(false);
  const { mutate: ask } = offer;
  useEffect(() => {
    if (prove || asked.current) return;
    asked.current = true;
    ask({});
  }, [prove, ask]);

  // However the recovery codes are left: from then on the person is signed in.
  useEffect(
    () => () => {
      if (confirmed.current) void forgetPerson(client, confirmed.current.session);
    },
    [client],
  );

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!offer.data) return offer.mutate(prove === 'token' ? { token: proof.trim() } : { password: proof });
    confirm.mutate(code.trim(), {
      onSuccess: (done) => {
        confirmed.current = done;
      },
    });
  };

  const error = confirm.error ?? offer.error;
  if (confirm.data) return <RecoveryCodes codes={confirm.data.recoveryCodes} onSaved={onDone} />;
  return (
    <form className="account-form" onSubmit={submit}>
      {offer.data ? (
        <>
          <Scan offer={offer.data} />
          <TextInput
            label={t('code')}
            value={code}
            onChange={(e) => setCode(e.currentTarget.value)}
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={10}
            required
            withAsterisk={false}
            data-autofocus
          />
        </>
      ) : (
        prove && (
          <PasswordInput
            label={t(prove === 'token' ? 'factorToken' : 'factorPassword')}
            value={proof}
            onChange={(e) => setProof(e.currentTarget.value)}
            autoComplete={prove === 'token' ? 'off' : 'current-password'}
            visibilityToggleButtonProps={{ 'aria-label': t('show') }}
            required
            withAsterisk={false}
          />
        )
      )}
      {error && (
        <p className="t-bad" role="alert">
          {error.message}
        </p>
      )}
      {(offer.data || prove) && (
        <button type="submit" className="btn p" disabled={offer.isPending || confirm.isPending}>
          {t(offer.data ? 'confirm' : 'go')}
        </button>
      )}
    </form>
  );
}

function Scan({ offer }: { offer: FactorOffer }) {
  const { t } = useTranslation('account');
  return (
    <>
      <p className="mut">{t('scan')}</p>
      <QrCode text={offer.uri} label={t('qr')} />
      <div>
        <div className="sm mut">{t('secret')}</div>
        <div className="row wrap">
          <code className="code account-secret" data-testid="factor-secret">
            {offer.secret.replace(/(.{4})(?=.)/g, '$1 ')}
          </code>
          <CopyButton text={offer.secret} what={t('secret')} />
        </div>
      </div>
    </>
  );
}

/** One path of unit squares, dark on white in either theme, as cameras want it. */
function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { ecc: 'M', border: 4 });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return (
    <svg className="account-qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

function RecoveryCodes({ codes, onSaved }: { codes: string[]; onSaved: () => void }) {
  const { t } = useTranslation('account');
  return (
    <section className="account-form" aria-labelledby="recovery-codes">
      <h3 id="recovery-codes">{t('recovery')}</h3>
      <p className="mut">{t('recoveryText')}</p>
      <ul className="account-codes code" data-testid="recovery-codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="row">
        <CopyButton text={codes.join('\n')} what={t('recovery')} />
        <button type="button" className="btn p" onClick={onSaved}>
          {t('saved')}
        </button>
      </div>
    </section>
  );
}
