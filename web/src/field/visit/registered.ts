// Which certificate of a checklist is the one that the site's row tells of.
import type { SiteCopy } from '../db/database'
import type { Certificate } from '../db/rows'

type Papers = Pick<SiteCopy, 'licence_number' | 'licence_until' | 'registration_number'>

const LICENCES = new Set(['common.licence', 'agri_input.licence', 'milk.licence', 'slaughter.licence'])
const REGISTRATIONS = new Set(['three_small.workshop-registration', 'three_small.shop-registration', 'three_small.stall-card'])

/**
 * Number and last day of the certificate that the question `linkId` asks for, as they are registered; null when the row tells neither. The
 * day is the licence's: a registration has it where the site has no licence.
 */
export function registeredOf(site: Papers | null, linkId: string): Certificate | null {
  if (!site) return null
  const isLicence = LICENCES.has(linkId)
  if (!isLicence && !REGISTRATIONS.has(linkId)) return null
  const number = isLicence ? site.licence_number ?? site.registration_number : site.registration_number
  const until = isLicence || !site.licence_number ? site.licence_until : null
  return number || until ? { held: true, ...(number && { number }), ...(until && { until }) } : null
}
