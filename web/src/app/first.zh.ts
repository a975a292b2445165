import layers from '../layers/zh';
import map from '../map/zh';
import search from '../search/zh';
import session from '../session/zh';
import app from './zh';

/** The words of the frame and of the map, in one file of a language. */
export default { app, layers, map, search, session };
