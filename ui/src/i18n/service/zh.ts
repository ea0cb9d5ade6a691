// Chinese words that all screens share on which something is asked of packs.

import { plural } from "../grammar";
import type { en } from "./en";

const n = plural("zh");

const DOES: Record<string, (pack: number) => string> = {
  read: (pack) => `读取电池包 ${pack} 的设置`,
  write: (pack) => `写入电池包 ${pack} 的设置`,
  restore: (pack) => `恢复电池包 ${pack} 的默认值`,
  undo: (pack) => `撤销电池包 ${pack} 的上一次更改`,
  clone: (pack) => `克隆电池包 ${pack} 的设置`,
  recover: (pack) => `处理电池包 ${pack} 未完成的更改`,
  read_system: (pack) => `读取电池包 ${pack} 的系统设置`,
  clock: (pack) => `设置电池包 ${pack} 的时钟`,
  limiter: (pack) => `设置电池包 ${pack} 的限流`,
  protocol: (pack) => `选择电池包 ${pack} 的逆变器协议`,
  logs: (pack) => `读取电池包 ${pack} 的记录`,
};
const wrote = (pack: number, values: number) =>
  values === 0 ? `电池包 ${pack} 已是这些设置，未作更改。` : `电池包 ${pack}：${values} 个值已写入并读回。`;
const DID: Record<string, (pack: number, values: number) => string> = {
  read: (pack) => `已读取电池包 ${pack} 的设置。`,
  write: wrote,
  restore: wrote,
  undo: wrote,
  clone: (pack, values) => `已从电池包 ${pack} 克隆：${values} 个值已写入并读回。`,
  read_system: (pack) => `已读取电池包 ${pack} 的系统设置。`,
};

export const zh: typeof en = {
  choosePack: "选择电池包",
  notConnected: "未连接任何设备。",
  toConnect: "连接电池包",
  beginning: "正在询问服务器。",
  heldBy: (who) => `${who} 正在使用线路：等待其结束，或将其停止。`,
  needsRole: (role, mine) => `需要“${role}”角色${mine === null ? "" : `，您的角色是“${mine}”`}；用具有该角色的账户登录。`,
  noAnswer: "服务器没有应答；不确定它是否收到请求。",
  refusedWith: (status) => `服务器拒绝，状态 ${status}。`,
  restarted: "服务器在此期间已重新启动。重新读取电池包以查看其保存的值。",
  whyFor: (names, reason) => `${names.join("、")}：${reason}`,
  dismiss: "关闭",
  cancel: "取消",
  stop: "停止",
  does: (kind, pack) => DOES[kind]?.(pack ?? 0),
  did: (kind, pack, values) => DID[kind]?.(pack ?? 0, values),
  by: (who, what) => `${who}：${what}。`,
  progress: "进度",
  steps: (done, of) => `${done} / ${of}`,
  values: n({ other: "# 个值" }),
  fromTo: (old, now) => `${old} → ${now}`,
  readAt: (when, serial) => `${when} 读自 ${serial}。`,
  neverRead: "尚未读取。",
  jobState: { running: "进行中。", done: "完成。", failed: "失败。", stopped: "已停止。" },
  fieldState: {
    waiting: "等待",
    ordered: "已下令",
    written: "已写入并读回",
    put_back: "保持原值，已读回",
    failed: "失败",
    unknown: "未知：电池包不再应答",
    not_sent: "未发送",
  },
};
