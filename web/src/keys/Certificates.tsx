import { NativeSelect, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { type Certificate, useCertificates, useRegisterCertificate, useRevokeCertificate } from '../api/credentials';
import { site } from '../app/base';
import { toast } from '../app/toast';
import { useTranslation } from '../i18n';
import { useFormat } from '../i18n/format';
import { Empty, Failed, Waiting } from '../requests/parts';
import { Table } from '../requests/Table';
import { CopyButton } from './Copy';
import { Ending } from './Ending';
import { Accept, HandButtons, HandOver, HolderCell, StateCell } from './Holder';
import { type Faults, refusal, ScopeCell, ScopeInputs, told, useScope } from './scope';

const CALL = (origin: string) => `curl --cert system.crt --key system.key \\\n  "${origin}/api/collections?limit=10"`;

/** Client certificates of my organisation's systems. */
export function Certificates() {
  const { t } = useTranslation('keys');
  const { time, number } = useFormat();
  const list = useCertificates();
  const revoke = useRevokeCertificate();
  const [ending, setEnding] = useState<Certificate | null>(null);
  const [giving, setGiving] = useState<Certificate | null>(null);
  const [taking, setTaking] = useState<Certificate | null>(null);
  const call = CALL(site());
  return (
    <>
      <div className="keys-column">
        <section className="card">
          <div className="card-h">
            <h2>{t('cert.list')}</h2>
          </div>
          {list.isPending && <Waiting />}
          {list.isError && <Failed error={list.error} retry={() => void list.refetch()} />}
          {list.data?.length === 0 && <Empty title={t('cert.none')}>{t('cert.noneText')}</Empty>}
          {list.data && list.data.length > 0 && (
            <Table
              label={t('cert.list')}
              columns={['name', 'cert.known', 'holder.title', 'scope', 'until', 'cert.quota', 'lastUsed', 'state'].map((column) =>
                t(column),
              )}
              action={t('columnAction')}
            >
              {list.data.map((c) => (
                <tr key={c.id} className={c.state === 'live' ? undefined : 'dim'}>
                  <th scope="row" className="keys-name">
                    {c.name}
                  </th>
                  <td className="keys-known">
                    <span className="sm mut">{t(c.subject ? 'cert.subject' : 'cert.fingerprint')}</span>
                    <div className="mono el" title={c.subject ?? c.fingerprint ?? ''}>
                      {c.subject ?? c.fingerprint}
                    </div>
                  </td>
                  <HolderCell of={c} by={c.createdBy} />
                  <ScopeCell of={c} />
                  <td className="nw">{c.until}</td>
                  <td className="nw">{c.quota === null ? t('unlimited') : t('cert.quotaDay', { quota: number(c.quota) })}</td>
                  <td className="nw">{c.lastUsed ? time(c.lastUsed) : t('never')}</td>
                  <StateCell of={c} />
                  <td className="num nw">
                    <HandButtons kind="certificates" of={c} name={c.name} onHandOver={setGiving} onAccept={setTaking} />
                    {c.can.includes('revoke') && (
                      <button
                        type="button"
                        className="btn s bad"
                        aria-label={t('cert.revokeOf', { name: c.name })}
                        onClick={() => setEnding(c)}
                      >
                        {t('revoke')}
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </Table>
          )}
        </section>
        <section className="card">
          <div className="card-h">
            <h2>{t('how')}</h2>
          </div>
          <div className="wf-card-pad">
            <p className="mut">{t('cert.how')}</p>
            <pre className="code wf-code">{call}</pre>
            <div className="row keys-gap">
              <CopyButton text={call} what={t('tab.curl')} />
            </div>
          </div>
        </section>
      </div>
      <section className="card">
        <div className="card-h">
          <h2>{t('cert.create')}</h2>
        </div>
        <NewCertificate />
      </section>
      {giving && <HandOver kind="certificates" of={giving} name={giving.name} onClose={() => setGiving(null)} />}
      {taking && <Accept kind="certificates" of={taking} name={taking.name} onClose={() => setTaking(null)} />}
      {ending && <Ending kind="certificate" id={ending.id} name={ending.name} revoke={revoke} onClose={() => setEnding(null)} />}
    </>
  );
}

const FIELDS = ['name', 'certificate', 'match', 'layers', 'actions', 'until', 'quota'] as const;

function NewCertificate() {
  const { t } = useTranslation('keys');
  const register = useRegisterCertificate();
  const scope = useScope();
  const [name, setName] = useState('');
  const [certificate, setCertificate] = useState('');
  const [match, setMatch] = useState<'fingerprint' | 'subject'>('fingerprint');
  const [faults, setFaults] = useState<Faults<(typeof FIELDS)[number]>>({});
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = {
      ...(name.trim() === '' && { name: t('createNameLack') }),
      // the server reads it; here only what is plainly something else, above all a private key
      ...(!certificate.includes('-----BEGIN CERTIFICATE-----') && { certificate: t('cert.pemLack') }),
      ...(certificate.includes('PRIVATE KEY') && { certificate: t('cert.private') }),
      ...scope.check(),
    };
    setFaults(found);
    if (!told('certificate', FIELDS, found)) return;
    register.mutate(
      { name: name.trim(), certificate, match, ...scope.body },
      {
        onSuccess: (made) => {
          toast({ text: t('cert.created', { name: made.name }) });
          setName('');
          setCertificate('');
        },
        onError: (error) => {
          const refused = refusal(error, FIELDS);
          setFaults(refused);
          told('certificate', FIELDS, refused);
        },
      },
    );
  };
  return (
    <form className="wf-card-pad keys-form" onSubmit={submit} noValidate>
      <TextInput
        id="certificate-name"
        label={t('createName')}
        placeholder={t('createNameHint')}
        value={name}
        onChange={(e) => setName(e.currentTarget.value)}
        error={faults.name}
        maxLength={80}
        required
      />
      <Textarea
        id="certificate-certificate"
        label={t('cert.pem')}
        placeholder="-----BEGIN CERTIFICATE-----"
        rows={5}
        maxLength={20_000}
        value={certificate}
        onChange={(e) => setCertificate(e.currentTarget.value)}
        error={faults.certificate}
        classNames={{ input: 'mono' }}
        spellCheck={false}
        required
      />
      <label className="btn s keys-file">
        {t('cert.file')}
        <input
          type="file"
          className="sr-only"
          accept=".pem,.crt,.cer"
          onChange={async (e) => {
            const input = e.currentTarget;
            const file = input.files?.[0];
            if (file) setCertificate((await file.slice(0, 20_000).text()).trim());
            input.value = '';
          }}
        />
      </label>
      <NativeSelect
        id="certificate-match"
        label={t('cert.match')}
        value={match}
        onChange={(e) => setMatch(e.currentTarget.value as typeof match)}
        data={(['fingerprint', 'subject'] as const).map((value) => ({ value, label: t(`cert.by.${value}`) }))}
        error={faults.match}
      />
      <ScopeInputs id="certificate" of={scope} faults={faults} />
      {faults.other && (
        <div className="tip bad" role="alert">
          {faults.other}
        </div>
      )}
      <button type="submit" className="btn p" disabled={register.isPending}>
        {t('cert.submit')}
      </button>
    </form>
  );
}
