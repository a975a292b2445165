export default {
  label: '搜索',
  placeholder: '搜索地点、图层、区划代码或坐标',
  clear: '清空',
  results: '搜索结果',
  kinds: { coordinates: '坐标', place: '地点', division: '行政区划', layer: '图层', organisation: '单位' },
  locked: '未获权',
  searching: '正在搜索',
  none: '没有找到“{{q}}”。',
  keys: { choose: '选择', go: '前往', close: '关闭' },
};
