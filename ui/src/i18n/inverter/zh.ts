// Chinese words of what the inverter is told.

import type { en } from "./en";

export const zh: typeof en = {
  title: "逆变器",
  simulated: "接收方为仿真逆变器。",
  why: "原因",
  gone: "当前发送给逆变器的内容未知。",
  standing: {
    listening: () => "未发送任何内容：正在监听线路上是否有其他设备，或线路不存在。",
    recognising: () => "正在监听逆变器；识别出其协议前不发送任何内容。",
    trying: () => "正在依次尝试多种协议，直到逆变器应答。",
    waiting: () => "在完整读取电池之前不发送任何内容。",
    live: (limits) => `发送给逆变器：${limits}。`,
    fading: (limits, age) => `数据已有 ${age}未更新：限值正在降至 0（${limits}）。`,
    stopped: (_, age) => `数据已有 ${age}未更新：已要求逆变器停止。`,
    ending: () => "网关即将停止：已要求逆变器停止。",
    silent: () => "不再发送任何内容。",
  },
  nothing: "无",
  into: (amps) => `充电 ${amps}`,
  out: (amps) => `放电 ${amps}`,
  rule: {
    packs: "电池包允许",
    invalid: "某个数值未知或无效",
    product: "规格书最多允许",
    user: "您最多允许",
    remote: "远程指令最多允许",
    handed_over: "网关已重启，沿用最后发送的数值",
    soc_window: "荷电状态已到您设定的 SOC 范围边界",
    contradiction: "充电电压限值低于放电截止电压",
    rising: "正在缓慢上升",
    stale: "数据已过期",
    ending: "网关即将停止",
  },
  between: "，",
  step: (rule, leaves) => `${rule}：${leaves}`,
  trouble: {
    stale_data: "发送给逆变器的数据已过期。",
    inverter_silent: "逆变器已无通信。",
    bus_off: "CAN 控制器已脱离总线 (bus-off)。",
    unacknowledged: "CAN 总线上无设备应答。",
    port_gone: "通往逆变器的端口已丢失。",
    second_talker: "另有设备也在与逆变器通信。",
    charge_limit_disobeyed: "逆变器充电电流超过允许值。",
    discharge_limit_disobeyed: "逆变器放电电流超过允许值。",
  },
};
