import { Component, type ReactNode } from 'react';
import i18n from '../i18n';

/** Keeps a fault of one screen from taking the others with it. */
export class Boundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <div className="page-note" role="alert">
        <h1>{i18n.t('crash.title')}</h1>
        <p className="mut">{i18n.t('crash.text')}</p>
        {/* what failed to load is not asked for again by this page; the address carries the view and the form */}
        <button type="button" className="btn" onClick={() => location.reload()}>
          {i18n.t('retry')}
        </button>
      </div>
    );
  }
}
