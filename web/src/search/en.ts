export default {
  label: 'Search',
  placeholder: 'Search places, layers, division codes or coordinates',
  clear: 'Clear',
  results: 'Search results',
  kinds: { coordinates: 'Coordinates', place: 'Places', division: 'Divisions', layer: 'Layers', organisation: 'Offices' },
  locked: 'no access',
  searching: 'Searching',
  none: 'Nothing found for “{{q}}”.',
  keys: { choose: 'choose', go: 'go', close: 'close' },
};
