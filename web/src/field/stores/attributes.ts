// Attributes of a site (docs/items.md): what each may be, and of which site types the form asks it. Texts are in locales/sites.ts.

/** How an attribute is filled in, and the site types whose form asks it. */
export interface Attribute { kind: 'bool' | 'one' | 'many' | 'text'; types: string[] }

const SHOPS = ['food_retail', 'rural_shop', 'small_shop', 'maternal_infant_shop', 'health_food_shop']
const MEALS = ['catering', 'meal_supplier', 'central_kitchen']
const MAKERS = ['food_producer', 'special_food_producer', 'additive_producer', 'small_workshop', 'slaughterhouse']

/** In the order of checklists/site_types.yaml. A test holds names and values equal to it, and that what a plan filters by is asked. */
export const ATTRIBUTES: Record<string, Attribute> = {
  near_school: { kind: 'bool', types: ['catering', 'small_stall', ...SHOPS] },
  online: { kind: 'bool', types: [...MEALS, ...SHOPS, 'small_workshop'] },
  chain: { kind: 'bool', types: ['catering', ...SHOPS] },
  rural: { kind: 'bool', types: ['catering', 'school_canteen', 'small_workshop', 'small_stall', 'market', 'agri_input_shop', ...SHOPS] },
  nutrition_programme: { kind: 'bool', types: ['school_canteen'] },
  scale: { kind: 'one', types: [...MEALS, 'school_canteen', 'institution_canteen', 'food_retail', 'market', 'farm', ...MAKERS] },
  place: { kind: 'one', types: ['institution_canteen', 'catering', 'food_retail', 'small_shop'] },
  stage: { kind: 'one', types: ['school_canteen'] },
  store_kind: { kind: 'one', types: ['cold_store'] },
  products: { kind: 'many', types: [...SHOPS, ...MAKERS, 'market', 'agri_input_shop', 'farm', 'cold_chain_operator'] },
  filing_number: { kind: 'text', types: ['cold_store', 'rural_banquet', 'online_platform', 'small_stall', 'institution_canteen'] },
}

/** What the form of a site asks: what fits its type, and what somebody filled in already. */
export function askedOf(type: string, filled: Record<string, unknown>): string[] {
  return Object.keys(ATTRIBUTES).filter((name) => ATTRIBUTES[name].types.includes(type) || filled[name] !== undefined)
}
