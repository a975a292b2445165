export { MyRequests } from './MyRequests';
export { RequestDrawer } from './RequestDrawer';
