/** Names of what lies in the folder of a sweep, or of a run: by them each knows the other's. */
export const SWEEP_FILE = 'sweep.json';
export const RESULTS_FILE = 'results.parquet';
export const MANIFEST_FILE = 'manifest.json';
/** Where `run --out` keeps a run that goes on; once it is whole, it stands in the files that the run ends with. */
export const CHECKPOINT_FILE = 'checkpoint.json';
/** Where the ledger keeps results of shards. */
export const SHARD_FOLDER = 'shards';
