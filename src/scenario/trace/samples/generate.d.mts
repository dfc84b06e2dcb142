export function sunCsv(): string;
export function windCsv(): string;
