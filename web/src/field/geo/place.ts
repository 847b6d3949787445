// Where the phone is, asked once and only when something needs it: the app does not track.
import type { Place } from '../db/rows'

/**
 * The place now, WGS84 with accuracy in metres, or null when none is found within `milliseconds` (refused, switched off, no view of the
 * sky). Never raises.
 */
export function takePlace(milliseconds: number): Promise<Place | null> {
  return new Promise((resolve) => {
    if (typeof navigator === 'undefined' || !navigator.geolocation) return resolve(null)
    // The receiver's own limit does not run while the person is still asked for leave.
    const timer = setTimeout(() => resolve(null), milliseconds)
    const done = (place: Place | null) => { clearTimeout(timer); resolve(place) }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const { mocked } = coords as GeolocationCoordinates & { mocked?: boolean }
        done({
          lon: coords.longitude, lat: coords.latitude, crs: 'WGS84', accuracy: Math.round(coords.accuracy * 10) / 10, source: 'gps',
          ...(mocked !== undefined && { mock: mocked }),
        })
      },
      () => done(null),
      { enableHighAccuracy: true, timeout: milliseconds, maximumAge: 0 },
    )
  })
}
