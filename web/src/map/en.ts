export default {
  label: 'Map of {{city}}',
  areaMap: 'Map of districts',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  home: 'Whole city',
};
