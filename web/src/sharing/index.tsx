export { Agreements } from './Agreements';
export { Compare } from './Compare';
export { Explain } from './Explain';
export { PreviewAs } from './PreviewAs';
export { Share } from './Share';
