// Chinese words of how the connection stands.

import type { en } from "./en";

export const zh: typeof en = {
  title: {
    normal: "通信正常",
    virtual: "通信正常",
    opening: "正在连接",
    cannot_open: "通信中断",
    occupied: "线路被占用",
    searching: "正在搜索电池包",
    busy: "线路使用中",
    disturbed: "通信异常",
    lost: "通信丢失",
    asleep: "电池包休眠",
    parked: "正在扫描",
    disconnected: "未连接",
  },
  sentence: {
    opening: (link) => `正在打开 ${link}。`,
    cannot_open: (link) => `${link} 无法打开或已断开；正在重试。`,
    occupied: (link) => `${link} 上另有设备在询问，因此不发送任何内容。`,
    searching: (link) => `${link} 上尚无电池包应答：检查是否开机、线缆、协议和波特率，或进行扫描。`,
    busy: (link) => `有任务正在使用线路 ${link}；显示的是此前的数值。`,
    lost: (link, age) => `${link} 上已无电池包应答；所示数据为 ${age}前的数据。`,
    asleep: () => "电池包休眠中；充电或按下按钮可唤醒。",
    parked: () => "正在扫描线路。",
    disconnected: () => "未连接：选择串口、TCP 适配器或虚拟电池组。",
  },
  finding: {
    no_master: "没有电池包使用主机地址 1。",
    gap: "中间有一个地址没有应答。",
    stand_alone: "有电池包设为单机（地址 0）。",
    too_many: "电池包数量超过允许值。",
    duplicate_address: "两个电池包地址相同。",
    duplicate_serial: "两个电池包序列号相同。",
    mixed_parts: "同一电池组中有不同型号的电池包。",
    wrong_product: "有电池包与所设产品不符。",
    not_seen: "尚未发现某个应有的电池包。",
    lost: "某个电池包失去通信。",
    join_refused: "某个电池包未被允许加入电池组。",
    garbled: "应答数据损坏：检查拨码地址、线缆和终端电阻。",
    noise: "线路上有干扰。",
    second_master: "线路上另有设备在询问。",
    line_lent: "扫描正在使用线路。",
    line_gone: "通往电池包的线路已断开。",
  },
};
