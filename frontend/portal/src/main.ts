// Says to the style sheet that scripts run, so that controls which need them may be shown.
document.documentElement.classList.add('js');

export {};
