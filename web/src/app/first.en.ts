import layers from '../layers/en';
import map from '../map/en';
import search from '../search/en';
import session from '../session/en';
import app from './en';

/** The words of the frame and of the map, in one file of a language. */
export default { app, layers, map, search, session };
