// The maps of the desk: tiles only where the server has some, places moved into their coordinate system and back, and how places and
// boundaries are drawn on all of them.
import gcoord from 'gcoord'
import L from 'leaflet'
import 'leaflet/dist/leaflet.css'
import { computed, onScopeDispose, shallowRef, watch, type Ref } from 'vue'

import { onMap, type Tiles } from '@/field/geo/tiles'

import { useAsk } from '../../api/ask'
import { zoom as texts } from '../../locales'

/** Looks of a region's boundary, everywhere the same. */
const BOUNDARY = { color: '#0b5c4a', weight: 1.5, fillOpacity: 0.04 }

/** A text for Leaflet, which takes strings as HTML. */
export function label(text: string): HTMLElement {
  const said = document.createElement('span')
  said.textContent = text
  return said
}

/** How a place is marked: `side` is where its word stands, `accuracy` the metres within which it lies. */
interface Mark { accuracy?: number | null; side?: 'left' | 'right' | 'bottom'; color: string; fillOpacity: number; dashArray?: string }

/** A place with its word, and the circle within which it lies. Shape and word tell places apart, not the colour alone. */
export function spot(at: L.LatLng, word: string, { accuracy, side = 'bottom', ...look }: Mark): L.FeatureGroup {
  const group = L.featureGroup()
  if (accuracy) L.circle(at, { radius: accuracy, color: look.color, weight: 1, fillOpacity: 0.08, dashArray: look.dashArray,
    interactive: false }).addTo(group)
  const offset: [number, number] = side === 'bottom' ? [0, 8] : [side === 'left' ? -8 : 8, 0]
  L.circleMarker(at, { radius: 7, weight: 3, ...look }).bindTooltip(label(word), { permanent: true, direction: side, offset }).addTo(group)
  return group
}

/** A map in `box`, made when the box is there. `ready` is null until then and until the server told its tiles. */
export function useMap(box: Ref<HTMLElement | undefined>, options: L.MapOptions = {}) {
  const app = useAsk<{ tiles: Tiles | null }>(() => '/api/v1/app')
  const made = shallowRef<L.Map | null>(null)
  const tiles = computed(() => app.data.value?.tiles ?? null)
  const ready = computed(() => (app.data.value || app.problem.value ? made.value : null))
  let ground: L.TileLayer | undefined

  /** Tiles lie under everything; Leaflet takes their attribution as HTML, and it is a text. */
  function lay(): void {
    ground?.remove()
    if (!made.value) return
    // Tiles are sharp at whole zooms only; without them a boundary may fill the map.
    made.value.options.zoomSnap = tiles.value ? 1 : 0.25
    if (!tiles.value) return
    ground = L.tileLayer(tiles.value.url, { attribution: label(tiles.value.attribution).innerHTML, maxZoom: 19 }).addTo(made.value)
  }

  watch(box, (element) => {
    made.value?.remove()
    made.value = element ? L.map(element, { attributionControl: false, zoomControl: false, maxZoom: 19, ...options })
      .setView([35.5, 112.8], 11) : null
    if (made.value) {
      L.control.attribution({ prefix: false }).addTo(made.value)
      L.control.scale({ imperial: false }).addTo(made.value)
      L.control.zoom({ zoomInTitle: texts.in, zoomOutTitle: texts.out }).addTo(made.value)
    }
    lay()
  }, { flush: 'post' })
  watch(tiles, lay)
  onScopeDispose(() => { made.value?.remove(); made.value = null })

  const at = (lon: number, lat: number): L.LatLng => L.latLng(onMap([lon, lat], tiles.value))
  /** The WGS-84 [lon, lat] of a place on the map. */
  function from({ lng, lat }: L.LatLng): [number, number] {
    return tiles.value?.crs === 'GCJ02' ? gcoord.transform([lng, lat], gcoord.GCJ02, gcoord.WGS84) as [number, number] : [lng, lat]
  }
  /** A boundary as a layer. */
  const boundary = (shape: GeoJSON.Geometry, look: L.PathOptions = {}): L.GeoJSON => L.geoJSON(shape, {
    coordsToLatLng: ([lon, lat]: number[]) => at(lon, lat), interactive: false, style: { ...BOUNDARY, ...look } })
  return { ready, tiles, at, from, boundary }
}
