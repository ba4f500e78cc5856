import type postgres from 'postgres'

/** A transaction as what asks of a pool; it lacks only the members that open and close one. */
export const clientOf = (tx: postgres.TransactionSql): postgres.Sql => tx as unknown as postgres.Sql
