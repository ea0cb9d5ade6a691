export const en = { title: "" };
