import { Link } from '@tanstack/react-router';
import { useTranslation } from '../i18n';

export function NotFound() {
  const { t } = useTranslation();
  return (
    <div className="page-note">
      <h1>{t('notFound.title')}</h1>
      <p className="mut">
        <Link to="/">{t('notFound.map')}</Link> · <Link to="/catalogue">{t('notFound.catalogue')}</Link>
      </p>
    </div>
  );
}
