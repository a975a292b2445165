export { Catalogue } from './Catalogue';
export { LayerPage } from './LayerPage';
