const FORM = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/**
 * Seconds since 1970 of Huawei's `YYYYMMDDTHHMMSSZ`, `undefined` for a day or a second
 * that there is not.
 * @param {string} text
 */
export function sdkDate(text) {
  const found = FORM.exec(text);
  if (!found) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1).map(Number);
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  // `Date.UTC` takes years below 100 for those of the last century.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // A day that there is not has become one of another month.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return date.getTime() / 1000 + hour * 3600 + minute * 60 + second;
}
