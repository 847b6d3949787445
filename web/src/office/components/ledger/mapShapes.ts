// How sites are drawn on the canvas of the map: each state by its own shape and colour, larger the nearer one looks.
import L from 'leaflet'

import type { MapState } from '../../api/ledger'

/** Colours on the pale ground of the map, AA for graphics; the shape tells the same. */
export const COLOURS: Record<MapState, string> = { findings: '#b3261e', due: '#8a5200', fine: '#0b5c4a' }
/** The same shapes for a legend, in a box of 16 x 16. */
export const PATHS: Record<MapState, string> = {
  findings: 'M8 1.5 15 14H1Z', due: 'M8 1 15 8 8 15 1 8Z', fine: 'M8 3a5 5 0 1 0 .01 0Z',
}

/** Half the size of a point in pixels at a zoom. */
export const sizeAt = (zoom: number): number => (zoom < 11 ? 3 : zoom < 13 ? 4 : zoom < 15 ? 6 : 8)

/** What Leaflet's canvas keeps to itself and a shape of its own must use. */
interface Inner {
  _map: L.Map; _radius: number; _point: L.Point; _empty: () => boolean
  _renderer: { _drawing: boolean; _ctx: CanvasRenderingContext2D; _fillStroke: (ctx: CanvasRenderingContext2D, layer: unknown) => void }
}

/** A site on the map. `id` and `state` are of the site. */
export class Spot extends L.CircleMarker {
  constructor(at: L.LatLng, readonly id: string, readonly state: MapState, options: L.CircleMarkerOptions) {
    super(at, { ...options, radius: sizeAt(0), color: '#ffffff', weight: 1, fillColor: COLOURS[state], fillOpacity: 0.9 })
  }

  /** Leaflet's hook: where and how large it is, anew at each zoom. */
  _project(): void {
    const inner = this as unknown as Inner
    inner._radius = sizeAt(inner._map.getZoom())
    ;(L.CircleMarker.prototype as unknown as { _project: () => void })._project.call(this)
  }

  /** Leaflet's hook: draws it. */
  _updatePath(): void {
    const { _renderer: { _drawing, _ctx: ctx, _fillStroke }, _point: { x, y }, _radius: r } = this as unknown as Inner
    if (!_drawing || (this as unknown as Inner)._empty()) return
    ctx.beginPath()
    if (this.state === 'fine') ctx.arc(x, y, r * 0.8, 0, 2 * Math.PI)
    else if (this.state === 'due') outline(ctx, [[x, y - r], [x + r, y], [x, y + r], [x - r, y]])
    else outline(ctx, [[x, y - r * 1.1], [x + r * 1.1, y + r * 0.9], [x - r * 1.1, y + r * 0.9]])
    _fillStroke.call((this as unknown as Inner)._renderer, ctx, this)
  }
}

function outline(ctx: CanvasRenderingContext2D, [first, ...others]: [number, number][]): void {
  ctx.moveTo(...first)
  for (const point of others) ctx.lineTo(...point)
  ctx.closePath()
}
