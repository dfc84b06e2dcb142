/**
 * Imported first by every script of the page: zod tries whether it may make functions of text, which the page's policy
 * forbids, and Firefox says so at each load, unless zod is told beforehand not to.
 */
import * as z from 'zod';

z.config({ jitless: true });
