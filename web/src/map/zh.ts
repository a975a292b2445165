export default {
  label: '{{city}}地图',
  areaMap: '区县范围地图',
  zoomIn: '放大',
  zoomOut: '缩小',
  home: '全市',
};
