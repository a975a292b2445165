/** Maps for the public show places a few hundred metres aside. Their formula (GCJ-02, and BD-09 upon it) has no inverse: it is approached. */
type Place = readonly [lng: number, lat: number];

const A = 6_378_245;
const E2 = 0.006693421622965943;
const { PI, sin, cos, sqrt, abs, atan2, hypot } = Math;

function offset([lng, lat]: Place): [number, number] {
  const [x, y] = [lng - 105, lat - 35];
  const short = 20 * sin(6 * x * PI) + 20 * sin(2 * x * PI);
  const dLat =
    -100 +
    2 * x +
    3 * y +
    0.2 * y * y +
    0.1 * x * y +
    0.2 * sqrt(abs(x)) +
    ((short + 20 * sin(y * PI) + 40 * sin((y / 3) * PI) + 160 * sin((y / 12) * PI) + 320 * sin((y * PI) / 30)) * 2) / 3;
  const dLng =
    300 +
    x +
    2 * y +
    0.1 * x * x +
    0.1 * x * y +
    0.1 * sqrt(abs(x)) +
    ((short + 20 * sin(x * PI) + 40 * sin((x / 3) * PI) + 150 * sin((x / 12) * PI) + 300 * sin((x / 30) * PI)) * 2) / 3;
  const phi = (lat / 180) * PI;
  const magic = 1 - E2 * sin(phi) ** 2;
  return [(dLng * 180) / ((A / sqrt(magic)) * cos(phi) * PI), (dLat * 180) / (((A * (1 - E2)) / (magic * sqrt(magic))) * PI)];
}

/** From 高德 or 腾讯 (GCJ-02) to degrees of CGCS2000, to a centimetre or two. */
export function fromGcj(shown: Place): [number, number] {
  let place: [number, number] = [...shown];
  for (let turn = 0; turn < 4; turn++) {
    const [x, y] = offset(place);
    place = [shown[0] - x, shown[1] - y];
  }
  return place;
}

/** From 百度 (BD-09). */
export function fromBaidu([lng, lat]: Place): [number, number] {
  const turn = (PI * 3000) / 180;
  const [x, y] = [lng - 0.0065, lat - 0.006];
  const length = hypot(x, y) - 0.00002 * sin(y * turn);
  const angle = atan2(y, x) - 0.000003 * cos(x * turn);
  return fromGcj([length * cos(angle), length * sin(angle)]);
}
