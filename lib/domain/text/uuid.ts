/** An ID as Oneway gives them; anything else names nothing, and PostgreSQL would answer it with an error. */
export const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
