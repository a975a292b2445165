import { Select, Textarea } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Collection, Division, Instance, ShareRequest } from '../../api/types';
import { usePick, useTranslation } from '../../i18n';
import { Empty } from '../parts';
import { ActionsLine } from './ActionsLine';
import { AreaLine } from './AreaLine';
import type { Place } from './answers';
import { FieldsLine } from './FieldsLine';
import { Fault, Line, placeId } from './Line';
import { TermLine } from './TermLine';
import type { useCart } from './useCart';

interface Props {
  layer: Collection;
  pending: boolean;
  request?: ShareRequest;
  cart: ReturnType<typeof useCart>;
  told: boolean;
  divisions: Division[];
  instance?: Instance;
  map: ReactNode;
}

/** The questions for one layer, or why there are none. */
export function Questions(props: Props) {
  const { t } = useTranslation('requests');
  const pick = usePick();
  const { layer, cart } = props;
  const { sharing, access, request } = layer.yutu;
  const other = cart.faults[layer.id]?.other;

  const wall =
    access.source === 'own'
      ? t('drawer.own')
      : sharing.class === 'withheld'
        ? t('drawer.withheld', { ground: pick(sharing, 'ground') })
        : props.pending
          ? t('drawer.pending')
          : null;
  if (wall) {
    return (
      <Empty title={pick(layer.yutu, 'title')}>
        {wall}{' '}
        {props.pending && request && (
          <Link to="/requests" search={{ id: request.id }}>
            {t('drawer.seeRequest')}
          </Link>
        )}
      </Empty>
    );
  }
  return (
    <>
      {other && (
        <div className="tip bad" role="alert" id={placeId('other')} tabIndex={-1}>
          <div className="b">{t('drawer.failed')}</div>
          {other}
        </div>
      )}
      {props.request?.status === 'correction' && props.request.decision?.reason && (
        <div className="tip warn">
          <div className="b">{t('detail.head.correction')}</div>
          {props.request.decision.reason}
        </div>
      )}
      {sharing.class === 'unconditional' ? (
        <Empty title={t('drawer.openTitle')}>{t('drawer.openText')}</Empty>
      ) : (
        <Form {...props} />
      )}
    </>
  );
}

function Form({ layer, cart, told, divisions, instance, map }: Props) {
  const { t } = useTranslation('requests');
  const pick = usePick();
  const own = cart.own[layer.id]!;
  const { shared } = cart;
  const { policy, access } = layer.yutu;
  const lacks = told ? cart.missing(layer) : [];
  const errors = Object.fromEntries(lacks.map((place) => [place, t(`lack.${place}`)])) as Partial<Record<Place, string>>;
  Object.assign(errors, cart.faults[layer.id]);
  const condition = pick(policy, 'condition');

  return (
    <>
      {(condition || access.source === 'grant') && (
        <div className="tip sm">
          {condition && (
            <div>
              <span className="b">{t('drawer.condition')}</span> {condition}
            </div>
          )}
          {access.source === 'grant' && <div>{t('drawer.have')}</div>}
        </div>
      )}
      <Line place="matter" label={t('field.matter')} error={errors.matter}>
        <Select
          id={placeId('matter')}
          placeholder={t('ask.matter')}
          data={(instance?.matters ?? []).map((m) => ({ value: m.code, label: pick(m, 'title') }))}
          value={shared.matter}
          onChange={(matter) => cart.setShared({ matter })}
          searchable
          clearable
          openOnFocus={false}
          nothingFoundMessage={t('ask.matterNone')}
          error={Boolean(errors.matter)}
          comboboxProps={{ shadow: 'md' }}
          renderOption={({ option }) => (
            <span className="row between grow">
              <span>{option.label}</span>
              <span className="mono dim">{option.value}</span>
            </span>
          )}
        />
      </Line>
      <Line place="purpose" label={t('field.purpose')} error={errors.purpose}>
        <Textarea
          id={placeId('purpose')}
          placeholder={t('ask.purpose')}
          value={shared.purpose}
          onChange={(e) => cart.setShared({ purpose: e.currentTarget.value })}
          autosize
          minRows={2}
          maxRows={8}
          maxLength={2000}
          error={Boolean(errors.purpose)}
        />
      </Line>
      <AreaLine
        area={own.area}
        onArea={(area) => cart.setOwn(layer.id, { area })}
        divisions={divisions}
        home={instance?.home ?? [-180, -90, 180, 90]}
        error={errors.area}
      >
        {map}
      </AreaLine>
      <FieldsLine
        layer={layer}
        fields={own.fields}
        necessity={own.necessity}
        onFields={(fields) => cart.setOwn(layer.id, { fields })}
        onNecessity={(necessity) => cart.setOwn(layer.id, { necessity })}
        errors={errors}
      />
      <ActionsLine
        layer={layer}
        actions={own.actions}
        onActions={(actions) => cart.setOwn(layer.id, { actions })}
        error={errors.actions}
      />
      <TermLine layer={layer} answers={shared} onTerm={(term) => cart.setShared(term)} errors={errors} />
      {errors.necessity && !own.fields.some((f) => f.form === 'value') && <Fault>{errors.necessity}</Fault>}
      <p className="sm mut">{t('drawer.terms')}</p>
    </>
  );
}
