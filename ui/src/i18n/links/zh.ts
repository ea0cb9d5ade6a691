// Chinese words of the addresses screen.

import type { en } from "./en";

export const zh: typeof en = {
  title: "如何连接",
  intro: "电池组在以下地址应答。将其中之一填入逆变器、工具或程序。",
  list: "地址",
  none: "此电池组未提供连接。",
  copy: "复制",
  copied: "已复制",
  copyName: (url) => `复制 ${url}`,
  copyFailed: "手动选择并复制",
  kinds: {
    pty: "运行 OpenRESS 的计算机上的串行设备。",
    tcp: "传输 RS485 线路字节的 TCP 端口。",
    serial: "运行 OpenRESS 的计算机上的串口。",
    can: "运行 OpenRESS 的计算机上的 CAN 接口。",
    other: "",
  },
  onlyHere: "只能从该计算机访问。",
  api: "供程序使用",
  apiIntro: "本页数据的 JSON 与事件流：",
  virtualNote: "这些连接背后的电池组是仿真的：所接设备看到的电池并不存在。",
};
