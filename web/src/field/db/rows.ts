// The server's rows as a pull brings them (docs/sync-protocol.md, "Rows"), by the types that are generated from the server's description
// of itself: `npm run types`. Each row that the phone holds has the bucket `b` under which it is held.
import type { components } from '@/shared/api/schema'

type Told = components['schemas']
/** A row as the phone holds it. */
type Held<Row> = Row & { b: string }

/** The four marks of an item. */
export type Mark = Told['Mark']
export type Kind = Told['Kind']
export type Crs = Told['Crs']

/** A place as it was given. Degrees; `accuracy` in metres. */
export type Place = Told['GivenPlace']
/** What the phone knows of one photo. `at` is RFC 3339. */
export type PhotoCapture = Told['PhotoCapture']

export type Certificate = Told['Certificate']
export type AnswerValue = Told['AnswerValue']
/** One item's answer on the wire. */
export type Answer = Told['Answer']
export type Answers = Told['Answers']
export type Signature = Told['Signature']

/** Proof that a visit and its photos are on the server. */
export type Receipt = Told['Receipt']
/**
 * An error as the server tells it inside a result or a quarantine row; what was set aside with its whole push has a code alone. `errors` of
 * an answer to an upload are kept as they came.
 */
export type ToldProblem = Omit<Told['ToldProblem'], 'errors'> & { errors?: unknown }

export type RegionRow = Held<Told['RegionRow']>
export type PlanIndicator = Told['PlanIndicator']
export type PlanRow = Held<Told['PlanRow']>

export type Citation = Told['Citation']
export type Option = Told['Option']
/** A question (docs/items.md), as it stands in a checklist. */
export type Item = Told['Item']
export type Section = Told['Section']
/** A checklist put together: immutable, named by the hash of its content. */
export type Checklist = Told['Checklist']
/** Which checklist is in force for a site type; its content lies in `contents`. `id` is the site type. */
export type ChecklistRow = Held<Omit<Told['ChecklistRow'], 'sections'>> & { id: string }

export type Finding = Told['Finding']
/** The fields of a site that a phone may write. */
export type SiteFields = Told['SiteFields']
export type SiteRow = Held<Told['SiteRow']>
export type TaskRow = Held<Told['TaskRow']>

export type ReviewNote = Told['ReviewNote']
export type VisitRow = Held<Told['VisitRow']>
export type QuarantineRow = Held<Told['QuarantineRow']>
export type ConflictRow = Held<Told['ConflictRow']>
