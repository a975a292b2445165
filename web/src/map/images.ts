/**
 * Point symbols and hatches, drawn when the style first names them. The name says all:
 * `point|triangle|#d85c06|#ffffff|4.6` (shape, fill, casing, radius) and `hatch|#15588a`.
 */
export type Shape = 'circle' | 'triangle' | 'diamond' | 'square';

export const RATIO = 2;
const CASING = 1.2;

export const pointImage = (shape: Shape, fill: string, casing: string, radius: number) =>
  `point|${shape}|${fill}|${casing}|${radius}`;
export const hatchImage = (stroke: string) => `hatch|${stroke}`;

/** The picture for a name, or null for a name of someone else's. */
export function drawImage(name: string): ImageData | null {
  const [kind, ...rest] = name.split('|');
  if (kind === 'point') {
    const [shape, fill, casing, radius] = rest as [Shape, string, string, string];
    return drawPoint(shape, fill, casing, Number(radius));
  }
  return kind === 'hatch' ? drawHatch(rest[0]!) : null;
}

/** The outline of a symbol about the origin, as points; a circle is drawn apart. */
export function outline(shape: Exclude<Shape, 'circle'>, r: number): [number, number][] {
  switch (shape) {
    case 'triangle':
      return [
        [0, -r * 1.1],
        [r * 1.08, r * 0.8],
        [-r * 1.08, r * 0.8],
      ];
    case 'diamond':
      return [
        [0, -r * 1.18],
        [r * 1.18, 0],
        [0, r * 1.18],
        [-r * 1.18, 0],
      ];
    case 'square':
      return [
        [-r * 0.9, -r * 0.9],
        [r * 0.9, -r * 0.9],
        [r * 0.9, r * 0.9],
        [-r * 0.9, r * 0.9],
      ];
  }
}

function canvas(size: number): CanvasRenderingContext2D {
  const element = document.createElement('canvas');
  element.width = element.height = size * RATIO;
  const context = element.getContext('2d', { willReadFrequently: true })!;
  context.scale(RATIO, RATIO);
  return context;
}

function drawPoint(shape: Shape, fill: string, casing: string, r: number): ImageData {
  const size = Math.ceil(r * 2.6 + CASING * 2);
  const c = canvas(size);
  c.translate(size / 2, size / 2);
  c.beginPath();
  if (shape === 'circle') c.arc(0, 0, r, 0, Math.PI * 2);
  else for (const [x, y] of outline(shape, r)) c.lineTo(x, y);
  c.closePath();
  c.lineJoin = 'round';
  c.lineWidth = CASING * 2;
  c.strokeStyle = casing;
  c.stroke();
  c.fillStyle = fill;
  c.fill();
  return c.getImageData(0, 0, size * RATIO, size * RATIO);
}

function drawHatch(stroke: string): ImageData {
  const size = 9;
  const c = canvas(size);
  c.strokeStyle = stroke;
  c.lineWidth = 1.2;
  // the diagonal and its two neighbours, so that the tile repeats without a seam
  for (const shift of [-size, 0, size]) {
    c.beginPath();
    c.moveTo(shift - 2, size + 2);
    c.lineTo(shift + size + 2, -2);
    c.stroke();
  }
  return c.getImageData(0, 0, size * RATIO, size * RATIO);
}
