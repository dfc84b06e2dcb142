/** How a study that takes several runs tells how far it is, and is stopped. Nothing here prints. */
export interface StudyControl {
  readonly signal: AbortSignal;
  /** A stage begins that cannot say how far it is. */
  readonly onStage: (label: string) => void;
  /**
   * Work done and in all, in whatever unit, and seconds that it took; `walked` of it in these seconds, where some was
   * done before.
   */
  readonly onProgress: (label: string, done: number, total: number, elapsedSeconds: number, walked?: number) => void;
  /** Something worth knowing. */
  readonly onRemark: (text: string) => void;
}
