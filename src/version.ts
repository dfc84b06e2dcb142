/** The product's version, put in by the build. */
declare const BATTERYWALK_VERSION: string | undefined;

/** Version of package.json; `development` where the sources run unbuilt. */
export const VERSION: string = typeof BATTERYWALK_VERSION === 'string' ? BATTERYWALK_VERSION : 'development';
