// All texts that a person at the desk sees, in one place: a file per part.
export * from './common'
export * from './review'
export * from './rectification'
